using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Chaos.Tests.Worker;

/// <summary>
/// A worker process. It does what the lines of its input ask for, and says what came of it, one line each. It ends with its input, so that
/// none outlives the suite.
/// </summary>
internal sealed class ChaosWorker(IJobClient client)
{
    private static readonly Lock Speaking = new();

    public static async Task<int> RunAsync(string text)
    {
        var settings = WorkerSettings.Parse(text);
        using var journal = new Journal(settings, Say);
        // Whoever only submits leaves the jobs to others.
        Action<ErrandBuilder>? jobs = settings.RunsJobs ? new Bodies(journal, settings.Gate).AddTo : null;
        await using var host = await ChaosHost.StartAsync(settings, jobs, (id, message) => Say($"{Words.Logged} {id.Id} {message.ReplaceLineEndings(" ")}"));
        Say(Words.Ready);
        var worker = new ChaosWorker(host.Client);
        while (await Console.In.ReadLineAsync() is { } line && line != Words.Stop) _ = worker.ObeyAsync(line.Split(' '));
        return 0;
    }

    private async Task ObeyAsync(string[] words)
    {
        // The next line need not wait for this one.
        await Task.Yield();
        try
        {
            switch (words[0])
            {
                case Words.Submit: await SubmitAsync(words); break;
                case Words.Cancel: await CancelAsync(words[1]); break;
                case Words.Rush: await RushAsync(Number(words[1]), TimeSpan.FromSeconds(Number(words[2]))); break;
                case Words.Call: await CallAsync(words); break;
                case Words.Redrive: Say($"{Words.Redriven} {await client.RedriveAllAsync(new() { Kind = Kinds.Dud }, words[1])}"); break;
                default: throw new ArgumentException($"'{words[0]}' is no command.");
            }
        }
        catch (Exception e)
        {
            Say($"{Words.Wrong} {string.Join(' ', words)}: {e.GetType().Name} {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task SubmitAsync(string[] words)
    {
        string? session = words.Length > 4 ? words[4] : null;
        try
        {
            var piece = new Piece(Number(words[2]), Number(words[3]));
            var job = await client.SubmitAsync(words[1], piece, spec => spec with { Key = $"piece-{piece.Ordinal}", Session = session });
            Say($"{Words.Kept} {words[2]} {job.Id}");
        }
        catch (StoreUnavailableException e)
        {
            Say($"{Words.NotKept} {words[2]} {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task CancelAsync(string id)
    {
        try
        {
            var reply = await client.CancelAsync(JobId.Parse(id), "chaos");
            Say($"{Words.Answered} {id} {reply.Answer}");
        }
        catch (StoreUnavailableException)
        {
            Say($"{Words.NotAnswered} {id}");
        }
    }

    private async Task CallAsync(string[] words)
    {
        var input = ChaosJson.Write(new Piece(Number(words[2]), Number(words[3])));
        var spec = new JobSpec(words[1], input) { Reuse = Enum.Parse<JobReuse>(words[5]), Fingerprint = JobFingerprint.Of(words[1], input) };
        var options = new CallOptions { AsyncTimeout = TimeSpan.FromMilliseconds(Number(words[6])) };
        var calls = Enumerable.Range(0, Number(words[4])).Select(_ => Task.Run(() => client.CallAsync(spec, options).AsTask()));
        CallResult[] answers = await Task.WhenAll(calls);
        Say($"{Words.Joined} {words[2]}");
        var ends = await Task.WhenAll(answers.Select(EndOfAsync));
        foreach (var same in ends.GroupBy(end => end)) Say($"{Words.Called} {words[2]} {same.Key.Job} {same.Key.Run} {same.Count()}");
    }

    private async Task<(JobId Job, string Run)> EndOfAsync(CallResult answer)
    {
        var id = answer.Job!.Id;
        if (answer.IsPromoted) await client.WaitAsync(id);
        var result = answer.IsPromoted ? await client.GetResultAsync(id) : answer.GetResult();
        return (id, ChaosJson.Read<Done>(result).Run);
    }

    /// <summary>Submits as fast as it can, and says how long each submit took to be acknowledged.</summary>
    private async Task RushAsync(int submitters, TimeSpan time)
    {
        long startedAt = Stopwatch.GetTimestamp();
        List<double>[] waits = await Task.WhenAll(Enumerable.Range(0, submitters).Select(_ => Task.Run(async () =>
        {
            List<double> own = [];
            while (Stopwatch.GetElapsedTime(startedAt) < time)
            {
                long askedAt = Stopwatch.GetTimestamp();
                await client.SubmitAsync(Kinds.Plain, new Piece(0, 0));
                own.Add(Stopwatch.GetElapsedTime(askedAt).TotalMilliseconds);
            }
            return own;
        })));
        double[] all = [.. waits.SelectMany(own => own).Order()];
        Say(string.Create(CultureInfo.InvariantCulture, $"{Words.Rushed} {all.Length} {all[all.Length / 2]:F2} {all[all.Length * 99 / 100]:F1} {all[^1]:F0}"));
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    // One write for each line: a worker that is killed has said all of it or nothing.
    private static void Say(string line)
    {
        lock (Speaking) Console.Out.WriteLine(line);
    }
}
