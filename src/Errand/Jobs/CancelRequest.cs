namespace Errand;

/// <summary>That somebody asked for a job's end, which is not yet its end.</summary>
/// <param name="At">When it was first asked for.</param>
/// <param name="By">By whom.</param>
/// <param name="Force">Whether it was asked to end at once.</param>
public sealed record CancelRequest(DateTimeOffset At, string By, bool Force);
