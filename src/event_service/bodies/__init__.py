"""What goes through a sender's body member by member, and so takes its time by the member.

Where there is a C compiler, the modules of this package are compiled when the service is installed
(``hatch_build.py``), which makes them several times as fast. Without one they run as Python, and do
the same. When one of them is changed it has to be built again: ``make`` does.

A body has a short way and a long one each way, which give the same bytes:

- in, ``struct_bson`` makes a document of a message, and ``trimmed_bson`` looks whether what is kept
  trimmed (CONTRACT 3.5) is so already; for what has to be changed or refused, ``struct_reader``
  makes Python's objects of it, and ``plain_text`` trims them;
- out, ``bson_struct`` makes a message of a document; for what JSON lacks, ``struct_writer`` does,
  of Python's objects.
"""
