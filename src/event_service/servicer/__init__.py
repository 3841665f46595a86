"""The gRPC side: a file for each service, message in and message out, and the edge around them."""
