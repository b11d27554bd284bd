namespace Errand.Commands;

/// <summary>Which agents there are. Checked when the host starts.</summary>
public sealed class AgentOptions
{
    /// <summary>The profiles by name. There are <c>claude</c>, <c>codex</c> and <c>gemini</c> unless they are replaced or removed.</summary>
    public IDictionary<string, AgentProfile> Profiles { get; } = new Dictionary<string, AgentProfile>(StringComparer.Ordinal)
    {
        [AgentProfile.Claude.Name] = AgentProfile.Claude,
        [AgentProfile.Codex.Name] = AgentProfile.Codex,
        [AgentProfile.Gemini.Name] = AgentProfile.Gemini,
    };

    /// <summary>Adds a profile under its name, or replaces the one of that name.</summary>
    /// <param name="profile">The profile.</param>
    public AgentOptions Add(AgentProfile profile)
    {
        Profiles[profile.Name] = profile;
        return this;
    }

    internal AgentProfile Find(string? name) => name is not null && Profiles.TryGetValue(name, out var profile)
        ? profile
        : throw new InvalidJobException(
            "profile", $"There is no agent '{name}'; there are {string.Join(", ", Profiles.Keys.Order(StringComparer.Ordinal))}.");

    internal IEnumerable<string> Problems() => Profiles.SelectMany(pair => AgentProfileRules.ProblemsOf(pair.Key, pair.Value));
}
