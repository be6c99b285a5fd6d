"""Public: an unguessable code takes the place of the sign-in."""

from django.urls import path

from .colleagues import InquiryAsk, InquiryPart
from .views import InquiryAnswer

urlpatterns = [
    path("<str:pk>/<str:code>/", InquiryAnswer.as_view(), name="inquiry"),
    path("<str:pk>/<str:code>/ask/", InquiryAsk.as_view(), name="inquiry-ask"),
    path(
        "<str:pk>/part/<int:number>/<str:code>/", InquiryPart.as_view(), name="inquiry-delegation"
    ),
]
