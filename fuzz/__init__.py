"""Hostile input for whatever reads a caller's bytes: targets, their corpora, and who runs them.

``make fuzz`` runs every target for a short time over the corpus that is kept, ``make fuzz-corpus``
makes that corpus grow. The targets themselves need nothing that the tests don't: ``tests/fuzz``
gives them the kept corpus once more, without a fuzzer.
"""
