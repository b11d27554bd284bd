namespace Errand.Mcp.Wire;

/// <summary>Reads the words for states.</summary>
internal static class JobStateWords
{
    private static readonly Dictionary<string, JobState> States =
        Enum.GetValues<JobState>().ToDictionary(state => state.ToWord(), StringComparer.Ordinal);

    /// <summary>Reads states with commas between them.</summary>
    /// <exception cref="InvalidJobException">One of them is none.</exception>
    public static IReadOnlyList<JobState> ParseList(string? text, string parameter = "state")
    {
        if (text is null) return [];
        return [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word =>
            States.TryGetValue(word, out var state) ? state
                : throw new InvalidJobException(parameter, $"'{word}' is not a state; there are {string.Join(", ", States.Keys)}."))];
    }
}
