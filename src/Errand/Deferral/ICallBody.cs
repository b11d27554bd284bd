namespace Errand;

/// <summary>
/// The work of a call that a surface brings itself, and what the store is told of it. A call that ends in time is known to nobody, so it is
/// described only when it is stored; that keeps calls which end in time as cheap as if they could not be handed over.
/// </summary>
public interface ICallBody : IJobExecutor
{
    /// <summary>
    /// Completes the spec with what stands in the store: the input that another run would need, the title, the fingerprint. Asked once.
    /// </summary>
    /// <param name="spec">The spec that the call was made with.</param>
    JobSpec Describe(JobSpec spec);

    /// <summary>Completes the outcome with what stands in the store: the result. Asked only where the call was stored.</summary>
    /// <param name="outcome">How the work ended.</param>
    JobOutcome Record(JobOutcome outcome);
}
