"""Predicate types that mean something to the rules of docs/spec/custody-checks.md section 4."""

COSIGN_SIGN = "https://sigstore.dev/cosign/sign/v1"
INHERITED = (COSIGN_SIGN, "https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2")
