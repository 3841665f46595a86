"""What goes through a sender's body member by member, and so takes its time by the member.

Where there is a C compiler, the modules of this package are compiled when the service is installed
(``hatch_build.py``), which makes them several times as fast. Without one they run as Python, and do
the same. When one of them is changed it has to be built again: ``make`` does.

A body comes in as a message and stays one, or the document that it becomes, as long as it can:
``struct_bson`` makes the one of the other, ``trimmed_bson`` looks whether what is kept trimmed
(CONTRACT 3.5) is so already, and ``bson_struct`` makes a message of a document for an answer. What
has to be changed or refused, and what JSON lacks, is left to ``wire.plain_struct``, which says in
few words what they do; ``plain_text`` trims what must be trimmed.
"""
