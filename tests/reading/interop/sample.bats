@test "passes" {
  sleep 0.02
}

@test "fails" {
  false
}

@test "skips" {
  skip "on purpose"
}
