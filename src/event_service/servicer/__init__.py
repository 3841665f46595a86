"""One file per gRPC service: message in, message out."""
