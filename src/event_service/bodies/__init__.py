"""What goes through a sender's body member by member, and so takes its time by the member.

Where a C compiler can be had the modules of this package are compiled when the service is installed
(``hatch_build.py``), and they are several times as fast; where none can be had they are what they
are written in. Either way they do the same. When one of them is changed, it has to be built again:
``make`` does.
"""
