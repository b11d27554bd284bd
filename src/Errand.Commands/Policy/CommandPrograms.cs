namespace Errand.Commands;

/// <summary>The programs that a command starts, as far as its text tells: through shells, wrappers such as sudo, and find.</summary>
internal sealed class CommandPrograms
{
    private const int MaxDepth = 8;
    private static readonly string[] FindStarts = ["-exec", "-execdir", "-ok", "-okdir"];
    private readonly List<ProgramUse> _uses = [];
    private readonly List<string> _folders = [];

    /// <summary>What is said of a line that changes where programs are found, or what is loaded into them.</summary>
    public const string ChangeOfSearch = "a change of where programs are found";

    private CommandPrograms() { }

    /// <summary>The programs, in no other order than that of the text.</summary>
    public IReadOnlyList<ProgramUse> Uses => _uses;

    /// <summary>The folders that the command goes to, as they are written.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>What could not be read, so that there may be more programs; absent where all could.</summary>
    public string? Unknown { get; private set; }

    public static CommandPrograms Of(CommandInput input)
    {
        var programs = new CommandPrograms();
        if (input.Argv is { } argv)
        {
            programs.Add([.. argv.Select(word => new ShellWord(word, true))], null, 0);
            return programs;
        }
        if (input.Shell is { } shell)
        {
            programs._uses.Add(new([new(shell, true)], null));
            if (!CommandShell.ReadsAsSh(shell)) programs.Give($"a line for {Path.GetFileName(shell)}");
        }
        programs.AddLine(input.Command!, 0);
        return programs;
    }

    /// <summary>Whether a word is an assignment that changes which programs are found.</summary>
    public static bool ChangesSearch(ReadOnlySpan<char> word) =>
        word.StartsWith("PATH=", StringComparison.Ordinal) || word.StartsWith("PATH+=", StringComparison.Ordinal)
        || word.StartsWith("LD_PRELOAD=", StringComparison.Ordinal);

    private void AddLine(string text, int depth)
    {
        if (depth > MaxDepth)
        {
            Give("lines in lines, too deep to follow");
            return;
        }
        var line = ShellLineReader.Read(text);
        if (line.Unknown is { } unknown) Give(unknown);
        var places = new int[line.Commands.Count];
        for (int i = 0; i < places.Length; i++)
        {
            var command = line.Commands[i];
            // Of a wrapper and what it wraps, the latter is the one that reads and writes.
            Add(command.Words, command.FedBy is { } fedBy && fedBy < i ? places[fedBy] : null, depth);
            places[i] = _uses.Count - 1;
        }
    }

    private void Add(IReadOnlyList<ShellWord> words, int? fedBy, int depth)
    {
        var use = new ProgramUse(words, fedBy);
        _uses.Add(use);
        if (!words[0].IsKnown)
        {
            Give($"the program '{words[0].Text}', whose name is worked out when it runs");
            return;
        }
        if (words.Any(word => ChangesSearch(word.Text))) Give(ChangeOfSearch);
        if (depth > MaxDepth) Give("programs in programs, too deep to follow");
        else if (use.Name == "env" && words.Any(word => SplitsLine(word.Text))) Give("a line for env");
        else if (ProgramWrapper.PlaceOf(words, use.Name, out bool isSure) is { } place)
        {
            if (!isSure) Give($"an option of {use.Name} that is not known here");
            Add([.. words.Skip(place)], fedBy, depth + 1);
        }
        else AddStartedBy(use, depth);
    }

    private void AddStartedBy(ProgramUse use, int depth)
    {
        var words = use.Words;
        switch (use.Name)
        {
            case "cd" or "pushd":
                AddFolder(words);
                break;
            case "eval":
                AddText([.. words.Skip(1)], depth);
                break;
            case "trap" when words.Count > 1:
                AddText([words[1]], depth);
                break;
            case "alias" or "enable" or "hash":
                Give(use.Name);
                break;
            case "." or "source":
                if (words.Count > 1) _uses.Add(new([.. words.Skip(1)], null));
                break;
            case "find":
                AddStartedByFind(words, depth);
                break;
            case var name when CommandShell.ReadsAsSh(name):
                AddShell(use, depth);
                break;
        }
    }

    private void AddStartedByFind(IReadOnlyList<ShellWord> words, int depth)
    {
        for (int i = 1; i + 1 < words.Count; i++)
            if (FindStarts.Contains(words[i].Text) && words[i + 1].Text is not (";" or "+"))
                Add([.. words.Skip(i + 1).TakeWhile(word => word.Text is not (";" or "+"))], null, depth + 1);
    }

    private void AddShell(ProgramUse use, int depth)
    {
        var words = use.Words;
        for (int i = 1; i < words.Count; i++)
        {
            string word = words[i].Text;
            if (word.StartsWith('-') || word.StartsWith('+'))
            {
                if (word is ['-', not '-', ..] && word.Contains('c', StringComparison.Ordinal) && i + 1 < words.Count)
                {
                    AddText([words[i + 1]], depth);
                    return;
                }
                // The name of an option of the shell.
                if (word is "-o" or "+o" or "-O" or "+O") i++;
                continue;
            }
            // A script: a program of its own, which is not looked into.
            if (words[i].IsKnown) _uses.Add(new([.. words.Skip(i)], null));
            else Give($"the script '{word}', whose name is worked out when it runs");
            return;
        }
        Give($"what {use.Name} reads from its input");
    }

    private void AddText(IReadOnlyList<ShellWord> words, int depth)
    {
        // What is known of it is read all the same: "eval rm -rf / $x" is as dangerous as without the variable.
        if (words.Any(word => !word.IsKnown)) Give("a line that is worked out when it runs");
        AddLine(string.Join(' ', words.Select(word => word.Text)), depth + 1);
    }

    private static bool SplitsLine(string option) =>
        option.StartsWith("-S", StringComparison.Ordinal) || option.StartsWith("--split-string", StringComparison.Ordinal);

    private void AddFolder(IReadOnlyList<ShellWord> words)
    {
        var targets = words.Skip(1).Where(word => word.Text is not ("-" or "--" or "-P" or "-L")).ToList();
        if (targets is [{ IsKnown: true } target]) _folders.Add(target.Text);
        else if (targets.Count > 0 || words.Count == 1) Give("the folder that it goes to");
    }

    private void Give(string unknown) => Unknown ??= unknown;
}
