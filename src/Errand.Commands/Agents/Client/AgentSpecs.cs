using System.Security.Cryptography;
using System.Text;

namespace Errand.Commands;

/// <summary>The job that a task of an agent is.</summary>
internal static class AgentSpecs
{
    private const int MaxTitle = 100;
    private const int MaxFolder = 150;

    public static JobSpec Of(AgentProfile profile, AgentInput input, AgentStartOptions start) => new(AgentKind.Name, DataOf(input))
    {
        Agent = profile.Name,
        Title = start.Title ?? TitleOf(input.Prompt ?? ""),
        Owner = start.Owner,
        Tags = start.Tags,
        Priority = start.Priority,
        Held = !start.Start,
        Limits = profile.Budgets.ToLimits(),
        Caps = CapsOf(profile, input.Cwd ?? profile.Cwd),
    };

    private static JobData DataOf(AgentInput input) => JobData.From(input, AgentJson.Default.AgentInput);

    private static IReadOnlyList<JobCap> CapsOf(AgentProfile profile, string? cwd)
    {
        var cap = new JobCap($"agent.{profile.Name}", new() { Running = profile.Cap });
        return profile.OnePerFolder ? [cap, new(FolderName(cwd), new() { Running = 1 })] : [cap];
    }

    private static string FolderName(string? cwd)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(cwd ?? Environment.CurrentDirectory));
        // A cap's name has a limited length, and no control characters, which a folder may have.
        bool fits = folder.Length <= MaxFolder && !folder.Any(char.IsControl);
        return $"agent.folder:{(fits ? folder : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder))))}";
    }

    private static string? TitleOf(string prompt)
    {
        string line = string.Join(' ', prompt[..Math.Min(prompt.Length, MaxTitle * 4)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = new([.. line.Where(c => !char.IsControl(c))]);
        return line.Length == 0 ? null : line.Length <= MaxTitle ? line : $"{line[..(MaxTitle - 1)]}…";
    }
}
