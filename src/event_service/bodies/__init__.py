"""What goes through a sender's body member by member, and so takes its time by the member.

Where there is a C compiler, the modules of this package are compiled when the service is installed
(``hatch_build.py``), which makes them several times as fast. Without one they run as Python, and do
the same. When one of them is changed it has to be built again: ``make`` does.
"""
