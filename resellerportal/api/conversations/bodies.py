"""What is sent to a conversation."""

from __future__ import annotations

from rest_framework import serializers


class MessageBody(serializers.Serializer):
    """`type` is "message", for everybody who sees the object, or "private", for colleagues.

    Without it, it is a message wherever the sender may write one.
    """

    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    type = serializers.CharField(required=False, allow_blank=True)
