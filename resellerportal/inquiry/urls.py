"""Public: an unguessable code takes the place of the sign-in."""

from django.urls import path

from .views import InquiryAnswer

urlpatterns = [path("<str:pk>/<str:code>/", InquiryAnswer.as_view(), name="inquiry")]
