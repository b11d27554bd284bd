namespace Errand.Testing;

/// <summary>What became of a simulated world.</summary>
/// <param name="Seed">What decided everything.</param>
/// <param name="Problems">What must never happen and did.</param>
/// <param name="Counts">What happened how often.</param>
public sealed record SimulationReport(int Seed, IReadOnlyList<string> Problems, IReadOnlyDictionary<string, int> Counts)
{
    /// <summary>How many servers there were.</summary>
    public int Servers { get; init; }

    /// <summary>How many times something was handed in.</summary>
    public int HandedIn { get; init; }

    /// <summary>How many jobs the store came to know.</summary>
    public int Jobs { get; init; }

    /// <summary>How many steps the world took.</summary>
    public long Steps { get; init; }

    /// <summary>The same for two runs of one seed.</summary>
    public long Fingerprint { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Problems.Count == 0
        ? $"seed {Seed}: {Jobs} jobs in {Steps} steps, nothing wrong"
        : $"seed {Seed}: {string.Join(Environment.NewLine, Problems)}";
}
