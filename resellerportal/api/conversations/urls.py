"""Addresses of conversations; `pk` is a conversation's own id or that of its object."""

from ..routing import route
from . import views

urlpatterns = [
    route("conversations", views.Conversations),
    route("conversations/{pk}", views.ConversationDetail),
    route("conversations/{pk}/messages", views.Messages),
    route("conversations/{pk}/messages/{message}", views.MessageDetail),
]
