package io.bumba.territory;

/** Somebody insisted on a territory that was not allocated. */
public final class TerritoryRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient AllocateResult result;

    TerritoryRefusedException(AllocateResult result) {
        super(result.message());
        this.result = result;
    }

    /** The answer that was no territory. */
    public AllocateResult result() {
        return result;
    }
}
