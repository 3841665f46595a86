"""Why a service can't start: faults that its operator sees, never a caller."""


class StartError(Exception):
    """The service can't start as it is set up; the message says what to change."""


class StoreAddressError(StartError):
    """The address of a store can't be used. The message never repeats the address: it may hold a
    password."""


class DataDirectoryError(StartError):
    """The data directory can't be used: another process holds it, or it can't be written."""


class ProcessStartError(StartError):
    """A process that the service needs, an embedded store or a worker, isn't there or doesn't
    start."""
