"""Locales, and the texts of products as clients that translate them read them.

Every product has one translation, its primary: its own texts, in the language of the platform. It
is no row; its id is made of the product's.
"""
