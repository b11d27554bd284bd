namespace Errand.Commands;

/// <summary>What a program is called: by the name it was given, and by the file that is found for that.</summary>
internal sealed class ProgramNames
{
    private readonly string _written;
    private readonly string? _path;
    private readonly bool _isFoundByName;

    public ProgramNames(ShellWord word, CommandInput input)
    {
        _written = word.Text;
        if (!word.IsKnown) return;
        var search = new PathSearch(input);
        _path = search.Find(_written);
        // By the server's PATH: the command may bring another one.
        string? usual = new PathSearch(new() { Cwd = input.Cwd }).Find(Path.GetFileName(_written));
        _isFoundByName = _path == usual && (_path is not null || !_written.Contains('/'));
    }

    /// <summary>Whether a rule that allows means it. A file of one's own is not allowed by the name of a program that is somewhere else.</summary>
    public bool Is(Glob glob, string pattern) => pattern.Contains('/')
        ? _path is not null && (glob.Matches(_path) || (RealPath.Of(_path) is { } real && glob.Matches(real)))
        : _isFoundByName && glob.Matches(Path.GetFileName(_written));

    /// <summary>Whether a rule that denies means it, by any of its names.</summary>
    public bool MayBe(Glob glob, string pattern)
    {
        string?[] names = [_written, _path, _path is null ? null : RealPath.Of(_path)];
        return names.OfType<string>().Any(name => glob.Matches(pattern.Contains('/') ? name : Path.GetFileName(name)));
    }
}
