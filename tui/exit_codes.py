"""What the exit code of a command says."""

OK, NO_ANSWER, USAGE, PROVIDER_FAILED, INTERRUPTED = 0, 1, 2, 3, 130

EXIT_CODES = {
    OK: "fine",
    NO_ANSWER: "the question has no honest answer",
    USAGE: "usage or configuration",
    PROVIDER_FAILED: "a provider could not be reached or refused",
    INTERRUPTED: "interrupted",
}
