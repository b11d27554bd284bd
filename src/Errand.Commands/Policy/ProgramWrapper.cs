namespace Errand.Commands;

/// <summary>Programs that start the program named in their arguments, and how to find it there.</summary>
internal static class ProgramWrapper
{
    // The options whose value is a word of its own. One letter each; long options have theirs after "=", or are listed.
    private static readonly Dictionary<string, Wrapper> Known = new(StringComparer.Ordinal)
    {
        ["sudo"] = new("ugphCTRrtDU", HasVariables: true),
        ["doas"] = new("uC"),
        ["env"] = new("uC", HasVariables: true),
        ["nohup"] = new(""),
        ["setsid"] = new(""),
        ["nice"] = new("n"),
        ["ionice"] = new("cnpPu"),
        ["time"] = new("fo"),
        ["stdbuf"] = new("ioe"),
        ["timeout"] = new("sk", Values: 1),
        ["chroot"] = new("", Values: 1),
        ["chrt"] = new("TPD", Values: 1),
        ["taskset"] = new("", Values: 1),
        ["xargs"] = new("nIPLdsEa"),
        ["command"] = new(""),
        ["builtin"] = new(""),
        ["exec"] = new("a"),
        ["watch"] = new("nq"),
        ["busybox"] = new(""),
        ["toybox"] = new(""),
    };

    /// <summary>Where the wrapped program stands in the words; none where there is no wrapper, or nothing in it.</summary>
    /// <param name="words">The wrapper and its arguments.</param>
    /// <param name="name">The wrapper's name.</param>
    /// <param name="isSure">Whether no long option may have a value where the program is taken to be.</param>
    public static int? PlaceOf(IReadOnlyList<ShellWord> words, string name, out bool isSure)
    {
        isSure = true;
        if (!Known.TryGetValue(name, out var wrapper)) return null;
        int at = 1;
        for (; at < words.Count && words[at].Text is ['-', _, ..] option; at++)
        {
            if (option == "--")
            {
                at++;
                break;
            }
            // "command -v git" only tells where git is.
            if (name == "command" && option is "-v" or "-V") return null;
            if (option[1] == '-') isSure &= option.Contains('=', StringComparison.Ordinal);
            else if (wrapper.Options.Contains(option[^1], StringComparison.Ordinal)) at++;
        }
        if (wrapper.HasVariables)
            while (at < words.Count && words[at].Text.IndexOf('=') > 0) at++;
        at += wrapper.Values;
        return at < words.Count ? at : null;
    }

    private sealed record Wrapper(string Options, int Values = 0, bool HasVariables = false);
}
