namespace Errand.Chaos.Tests;

/// <summary>Tests with three workers that are killed run one after another.</summary>
[CollectionDefinition(nameof(Raided))]
public sealed class Raided;
