"""The rules of CONTRACT, between what came over the wire and what stands in the stores."""
