"""Prefect flows, their parameters and settings, and the command line."""
