using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Bench;

/// <summary>One measured figure, as one line of JSON. A ratio of 1 is as good as the reference; the goal says which way is good.</summary>
internal sealed record Figure(string Name, string Metric, double Value, string Unit)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>What the same run measured beside it.</summary>
    public double? Reference { get; init; }

    public double? Ratio => Reference is > 0 ? Math.Round(Value / Reference.Value, 4) : null;

    /// <summary>In words, such as "at least 40000".</summary>
    public string? Goal { get; init; }

    public bool? Met { get; init; }

    public Figure AtLeast(double goal) => this with { Goal = FormattableString.Invariant($">= {goal}"), Met = Value >= goal };

    public Figure AtMost(double goal) => this with { Goal = FormattableString.Invariant($"<= {goal}"), Met = Value <= goal };

    public Figure RatioAtLeast(double goal) => this with { Goal = FormattableString.Invariant($"ratio >= {goal}"), Met = Ratio >= goal };

    public Figure RatioAtMost(double goal) => this with { Goal = FormattableString.Invariant($"ratio <= {goal}"), Met = Ratio <= goal };

    public void Print() => Console.WriteLine(JsonSerializer.Serialize(this with { Value = Math.Round(Value, 3) }, Json));
}
