namespace Errand.Mutation.Tests;

/// <summary>A way in which a store may fail to do what the transitions of one shape say.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="Name">What is wrong.</param>
/// <param name="Mutate">Makes what the store does of what it is told.</param>
internal sealed record TransitionMutant(TransitionShape Shape, string Name, Func<JobTransition, JobTransition> Mutate)
{
    private static readonly JobPhase[] Phases = Enum.GetValues<JobPhase>();

    public override string ToString() => $"'{Shape.Name}' ({Shape.Arrows}) {Name}";

    /// <summary>All mutants of a transition but those that mean the same as it does.</summary>
    public static IEnumerable<TransitionMutant> Of(JobTransition transition)
    {
        var shape = TransitionShape.Of(transition);
        return Changes(transition).Where(change => !MeansTheSame(transition, change.Mutate(transition)))
            .Select(change => new TransitionMutant(shape, change.Name, change.Mutate));
    }

    private static IEnumerable<(string Name, Func<JobTransition, JobTransition> Mutate)> Changes(JobTransition transition)
    {
        if (transition.Fence is not null) yield return ("asks for no fence", it => Copy(it, it.Edges, it.Already, null, it.ExpectedVersion));
        if (transition.ExpectedVersion is not null) yield return ("asks for no version", it => Copy(it, it.Edges, it.Already, it.Fence, null));
        foreach (var phase in Phases)
        {
            var bit = (JobPhases)(1 << (int)phase);
            yield return (
                $"{(transition.Already.Has(phase) ? "has something" : "has nothing")} left to do in {phase}",
                it => Copy(it, it.Edges, it.Already ^ bit, it.Fence, it.ExpectedVersion));
            for (int i = 0; i < transition.Edges.Count; i++)
            {
                int at = i;
                var edge = transition.Edges[i];
                yield return (
                    $"{(edge.From.Has(phase) ? "does not start" : "starts")} from {phase} (arrow {i})", it => With(it, at, it.Edges[at] with { From = it.Edges[at].From ^ bit }));
                if (edge.To != phase) yield return ($"leads to {phase} (arrow {i})", it => With(it, at, it.Edges[at] with { To = phase }));
                if (edge.To is not null) yield return ($"leads nowhere (arrow {i})", it => With(it, at, it.Edges[at] with { To = null }));
            }
        }
    }

    private static bool MeansTheSame(JobTransition left, JobTransition right) =>
        left.Fence == right.Fence && left.ExpectedVersion == right.ExpectedVersion && Phases.All(phase => Meaning(left, phase) == Meaning(right, phase));

    private static (bool Already, int Edge, JobPhase? To) Meaning(JobTransition transition, JobPhase phase)
    {
        if (transition.Already.Has(phase)) return (true, -1, null);
        return transition.EdgeFrom(phase) is { } edge ? (false, IndexOf(transition, edge), edge.To ?? phase) : (false, -1, null);
    }

    private static int IndexOf(JobTransition transition, JobEdge edge) =>
        Enumerable.Range(0, transition.Edges.Count).First(i => ReferenceEquals(transition.Edges[i], edge));

    private static JobTransition With(JobTransition it, int at, JobEdge edge)
    {
        JobEdge[] edges = [.. it.Edges];
        edges[at] = edge;
        return Copy(it, edges, it.Already, it.Fence, it.ExpectedVersion);
    }

    private static JobTransition Copy(JobTransition it, IReadOnlyList<JobEdge> edges, JobPhases already, JobFence? fence, long? version) =>
        new(it.Name, it.At, edges) { Already = already, Fence = fence, ExpectedVersion = version };
}
