"""The same service over HTTP: webhooks, the published paths, their documentation."""
