namespace Errand.Commands;

/// <summary>A word of a shell line, without its quotes.</summary>
/// <param name="Text">What it says; expansions stand in it as they were written.</param>
/// <param name="IsKnown">Whether that is what the shell will make of it: no variable, no substitution, no pattern of file names.</param>
internal readonly record struct ShellWord(string Text, bool IsKnown)
{
    public override string ToString() => Text;
}
