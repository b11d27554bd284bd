using Microsoft.Extensions.Options;

namespace Errand.Mcp;

/// <summary>What Errand's own tools are called on this server.</summary>
internal sealed class JobToolNames(IOptions<ErrandMcpOptions> options)
{
    public const string Status = "job_status";
    public const string Wait = "job_wait";
    public const string Result = "job_result";
    public const string Output = "job_output";
    public const string Cancel = "job_cancel";
    public const string Retry = "job_retry";
    public const string Input = "job_input";
    public const string List = "job_list";
    public const string RunCommand = "run_command";
    private const int LongestName = 128;

    private static readonly string[] All = [Status, Wait, Result, Output, Cancel, Retry, Input, List, RunCommand];

    /// <summary>The name that clients know a tool by.</summary>
    /// <param name="name">The tool's own name, such as <c>job_wait</c>.</param>
    public string Of(string name) => options.Value.ToolNames.TryGetValue(name, out string? renamed) ? renamed : name;

    /// <summary>The further names of a tool.</summary>
    /// <param name="name">The tool's own name.</param>
    public IEnumerable<string> AliasesOf(string name) => options.Value.ToolAliases.Where(alias => alias.Value == name).Select(alias => alias.Key);

    /// <summary>What is wrong with the names that a server gives.</summary>
    public static IEnumerable<string> Problems(ErrandMcpOptions options)
    {
        foreach (string name in options.ToolNames.Keys.Where(name => !All.Contains(name)))
            yield return $"ToolNames has '{name}', which is no tool of Errand's; there are {string.Join(", ", All)}.";
        foreach (var (alias, name) in options.ToolAliases.Where(alias => !All.Contains(alias.Value)))
            yield return $"ToolAliases[\"{alias}\"] is '{name}', which is no tool of Errand's; there are {string.Join(", ", All)}.";
        string[] given = [.. All.Select(name => options.ToolNames.TryGetValue(name, out string? other) ? other : name), .. options.ToolAliases.Keys];
        foreach (string name in given.Where(name => !IsName(name)))
            yield return $"'{name}' cannot be the name of a tool: it must have 1 to {LongestName} letters, digits, '_', '-' or '.'.";
        foreach (var same in given.GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1))
            yield return $"Two tools would be called '{same.Key}'; see ToolNames and ToolAliases.";
    }

    private static bool IsName(string name) =>
        name.Length is >= 1 and <= LongestName && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');
}
