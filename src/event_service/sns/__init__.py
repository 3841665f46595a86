"""Amazon SNS as a sender: its signatures, and the confirmation of its subscriptions.

Besides the certificate and the SubscribeURL, both of AWS, nothing that a body names is fetched.
"""
