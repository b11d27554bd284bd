namespace Errand.Chaos.Tests;

/// <summary>Tests that want the machine to themselves run one after another.</summary>
[CollectionDefinition(nameof(Busy))]
public sealed class Busy;
