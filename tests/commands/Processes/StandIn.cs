using System.Diagnostics;

namespace Errand.Commands.Tests.Processes;

/// <summary>A supervisor as simple as can be: it waits for a word, starts a command in a shell, and stays.</summary>
internal sealed class StandIn : IDisposable
{
    /// <summary>
    /// A process that is another one all the time: each forks and ends. It gives up after a while, so that a kill that fails does not leave it
    /// behind for ever.
    /// </summary>
    public const string Chain =
        "perl -e '$| = 1; $end = time + 20; print qq(up\\n); while (time < $end) { defined(my $p = fork) or next; exit if $p }' TAG";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private StandIn(Process process, string tag)
    {
        _process = process;
        Tag = tag;
        Key = ProcessKey.Of(process.Id)!.Value;
    }

    public ProcessKey Key { get; }

    /// <summary>What the arguments of its processes have and nobody else's: digits, so that it can be a part of a number.</summary>
    public string Tag { get; }

    public ProcessMark Mark { get; private set; }

    /// <summary>Starts a command whose processes have TAG among their arguments and write a line each when they are there.</summary>
    public static StandIn Start(string script, ControlGroup? group = null, bool marked = true, bool held = false)
    {
        var id = JobId.New(TimeProvider.System.GetUtcNow());
        string tag = string.Concat(id.ToString().Select(c => (int)c));
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["-c", "read go; \"$@\" & wait", "sh", "sh", "-c", script.Replace("TAG", tag)])
            start.ArgumentList.Add(argument);
        var stand = new StandIn(Process.Start(start)!, tag);
        if (marked)
        {
            stand.Mark = ProcessMark.Of(id, 1);
            Assert.True(stand.Mark.Set(stand.Key.Pid));
        }
        if (group is not null) Assert.True(group.Enter(stand.Key.Pid));
        if (!held) stand.Go();
        return stand;
    }

    public void Go() => _process.StandardInput.WriteLine("go");

    public ProcessTree Tree(ControlGroup? group = null) => ProcessTree.Of(Key, Mark, group);

    /// <summary>Waits for lines that the command's processes write.</summary>
    public async Task<string> LinesAsync(int count)
    {
        string? last = null;
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        for (int i = 0; i < count; i++)
        {
            last = await _process.StandardOutput.ReadLineAsync(patience.Token);
            Assert.NotNull(last);
        }
        return last!;
    }

    /// <summary>Waits until nobody is left who could write: the system tells by the end of the pipe.</summary>
    public async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        await _process.StandardOutput.ReadToEndAsync(patience.Token);
    }

    /// <summary>Kills it alone, and waits for its end.</summary>
    public async Task DieAsync()
    {
        Key.Signal(CommandSignals.Kill);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        await _process.WaitForExitAsync(patience.Token);
    }

    /// <summary>The live processes with the tag, found by a way of its own.</summary>
    public IReadOnlyList<int> Left() => Tagged.Find(Tag, except: Key.Pid);

    public void Dispose()
    {
        foreach (int pid in Tagged.Find(Tag)) ProcessKey.Of(pid)?.Signal(CommandSignals.Kill);
        _process.Dispose();
    }
}
