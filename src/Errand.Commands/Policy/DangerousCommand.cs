using System.Text.RegularExpressions;

namespace Errand.Commands;

/// <summary>Commands that a person is asked about before they start. See <see cref="CommandPolicy.AskFirst"/>.</summary>
public sealed record DangerousCommand
{
    /// <summary>Describes commands.</summary>
    /// <param name="what">What they do, for the person who is asked: "It …".</param>
    /// <param name="pattern">
    /// A regular expression without lookarounds and backreferences. It is looked for in each program of the command with its arguments: the
    /// program without its folder and without wrappers such as sudo, single blanks, no quotes; blanks within an argument as underscores. Where
    /// one reads the output of another, in <c>one | other</c> as well; and in the line as it was given.
    /// </param>
    public DangerousCommand(string what, string pattern)
    {
        What = what;
        Pattern = pattern;
        Regex = new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>What they do.</summary>
    public string What { get; }

    /// <summary>How they are known.</summary>
    public string Pattern { get; }

    internal Regex Regex { get; }

    /// <summary>What it asks about.</summary>
    public override string ToString() => What;
}
