"""Keys and certificates: made, admitted, renewed, taken back; and the brokers that ask for them."""
