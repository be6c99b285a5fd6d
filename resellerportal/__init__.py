"""The whole channel portal: vendor/, distributor/, reseller/, inquiry/, api/, notifications/."""
