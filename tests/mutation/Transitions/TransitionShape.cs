namespace Errand.Mutation.Tests;

/// <summary>What a transition is, without what it writes: two transitions of one shape have the same guards.</summary>
internal sealed record TransitionShape(string Name, string Arrows, JobPhases Already, bool Fenced, bool Versioned)
{
    public static TransitionShape Of(JobTransition transition) => new(
        transition.Name, string.Join(", ", transition.Edges.Select(edge => $"{edge.From} -> {edge.To?.ToString() ?? "same"}")),
        transition.Already, transition.Fence is not null, transition.ExpectedVersion is not null);
}
