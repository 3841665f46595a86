"""What stands in the database: fields and indexes, and nothing else.

The documents are never bound to a connection of MongoEngine's. Reads and writes go through the
collections of the database that is handed in, so that one process can hold several services.
"""
