"""From the published Query and StatisticsQuery to MongoDB's language: pure functions."""
