"""Backs the arithmetic of docs/scaling.md: ``make simulate``.

Two parts. One computes from the service's own code: which queries stay on one shard, what a
document and its index entries weigh, which unique indexes a shard key allows. The other plays
calls, processes and stores through simulated time, always alike for the same seed. It belongs to
the repository and not to the installed package.
"""
