namespace Errand.Testing;

/// <summary>
/// Runs several servers of the shipped code over one store in a simulated world in which processes are killed at store writes, freeze and
/// wake late, lose wake-ups and have their clocks set, and lets an auditor check all that happens. The seed decides everything and replays it.
/// </summary>
public sealed class JobSimulation
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(4);
    private readonly SimulatedWorld _world;
    private readonly SimulationOptions _options;
    private readonly FaultPlan _plan;
    private readonly Auditor _auditor;
    private readonly ErrandOptions _errand;
    private readonly List<SimulatedServer> _servers = [];
    private readonly List<JobId> _known = [];
    private readonly List<SimulatedNode> _openCalls = [];
    private int _handInsLeft;
    private int _stopsLeft;

    private JobSimulation(int seed, SimulationOptions options)
    {
        _world = new SimulatedWorld(seed);
        _options = options;
        _errand = new ErrandOptions { Slots = _world.Random.Next(2, 5) };
        _errand.Caps.Kinds[SimulatedWork.Short] = new() { Running = 1 };
        _errand.Caps.EachAgent = new() { Running = 2 };
        _errand.Caps.Keys["often"] = new() { Rate = new(2, TimeSpan.FromSeconds(1)) { Burst = 2 } };
        _plan = new FaultPlan(_world.Random, options.Faults);
        _auditor = new Auditor(_world, options.Stores, _errand.Slots);
    }

    private Random Chance => _world.Random;

    private bool AllDone => _handInsLeft + _stopsLeft <= 0;

    /// <summary>Runs one world.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="options">What is in it.</param>
    public static SimulationReport Run(int seed, SimulationOptions options) => new JobSimulation(seed, options).Run();

    private SimulationReport Run()
    {
        for (int i = 0; i < _options.Servers; i++) _servers.Add(NewServer($"server{i}"));
        (_handInsLeft, _stopsLeft) = (_options.Jobs, _options.Cancels);
        foreach (var server in _servers)
        {
            server.Begun = () => ActUntilDone(server);
            ActUntilDone(server);
        }
        PlanFreezes();
        PlanClockJumps();
        AnswerQuestions();
        bool rested = _world.RunUntil(() => AllDone && _openCalls.Count == 0 && _auditor.LiveJobs == 0, Patience);
        _auditor.CheckEnd(rested);
        return new(_world.Seed, _auditor.Problems, _auditor.Counts)
        {
            Servers = _servers.Count, HandedIn = _options.Jobs - _handInsLeft, Jobs = _auditor.JobCount,
            Steps = _world.Steps, Fingerprint = _auditor.Fingerprint,
        };
    }

    private SimulatedServer NewServer(string name) => new(_world, name, _errand, _auditor, server => new FaultyStore(
        server.Node, _options.Stores.Open(server.Node), _plan, _auditor, () => server.Crash(TimeSpan.FromMilliseconds(Chance.Next(100, 30_000)))));

    /// <summary>Each server takes the next action now and then, for as long as there are some.</summary>
    private void ActUntilDone(SimulatedServer server)
    {
        var node = server.Node;
        node.Post(() => _ = LoopAsync());

        async Task LoopAsync()
        {
            while (!AllDone)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Chance.Next(1, 1500)), node.Time);
                try { await ActAsync(server); }
                catch (JobException)
                {
                    // Told clearly that it did not happen, or may not have.
                    _auditor.Count("refused");
                }
            }
        }
    }

    private async Task ActAsync(SimulatedServer server)
    {
        if (_known.Count > 0 && Chance.Next(_handInsLeft + _stopsLeft) < _stopsLeft)
        {
            _stopsLeft--;
            await StopAsync(server.Client);
        }
        else if (_handInsLeft > 0)
        {
            _handInsLeft--;
            await (Chance.Next(3) == 0 ? CallAsync(server) : SubmitAsync(server.Client));
        }
    }

    private async Task SubmitAsync(IJobClient client)
    {
        var jobs = Chance.Next(8) switch
        {
            0 => await client.SubmitAsync([NewSpec(), NewSpec(), NewSpec()]),
            1 => await client.SubmitAsync(NewBatch(client)),
            _ => [await client.SubmitAsync(NewSpec())],
        };
        foreach (var job in jobs)
        {
            _auditor.Acknowledged(job.Id);
            _known.Add(job.Id);
        }
    }

    private async Task CallAsync(SimulatedServer server)
    {
        var node = server.Node;
        JobId id = default;
        var body = new NotingExecutor(new SimulatedWork(node, _auditor), context => id = context.Id);
        var spec = new JobSpec(SimulatedWork.Uncapped[Chance.Next(SimulatedWork.Uncapped.Length)]);
        _openCalls.Add(node);
        try
        {
            var result = await server.Client.CallAsync(spec, body, new() { AsyncTimeout = TimeSpan.FromMilliseconds(Chance.Next(1, 3000)) });
            if (!result.IsPromoted)
            {
                _auditor.AnsweredPlainly(id);
                return;
            }
            _auditor.Count("promoted");
            _auditor.Acknowledged(result.Job!.Id);
            _known.Add(result.Job.Id);
        }
        finally
        {
            _openCalls.Remove(node);
        }
    }

    private async Task StopAsync(IJobClient client)
    {
        var id = _known[Chance.Next(_known.Count)];
        _auditor.Count("cancel asked");
        var reply = Chance.Next(4) == 0 ? await client.KillAsync(id, "simulation") : await client.CancelAsync(id, "simulation");
        if (reply.Answer is StopAnswer.Cancelled or StopAnswer.Cancelling or StopAnswer.AlreadyCancelling) _auditor.CancelAcknowledged(id);
    }

    private JobBatch NewBatch(IJobClient client)
    {
        var batch = client.CreateBatch();
        // Those that others start after are never answered with an earlier job.
        var first = batch.Add(NewSpec() with { Key = null, Reuse = JobReuse.None });
        JobId[] middle =
        [
            .. Enumerable.Range(0, Chance.Next(1, 4))
                .Select(_ => batch.Add(NewSpec() with { Key = null, Reuse = JobReuse.None, After = [After(first)] })),
        ];
        batch.Add(NewSpec() with { After = [.. middle.Select(After)] });
        return batch;
    }

    private JobDependency After(JobId job) => new(job, OnAnyEnd: Chance.Next(2) == 0);

    private JobSpec NewSpec()
    {
        var spec = NewPlainSpec();
        if (_known.Count > 0 && Chance.Next(6) == 0) spec = spec with { After = [After(_known[Chance.Next(_known.Count)])] };
        if (Chance.Next(10) == 0) spec = spec with { Reuse = JobReuse.InFlight, Fingerprint = $"print{Chance.Next(2)}" };
        return spec;
    }

    private JobSpec NewPlainSpec() => new(SimulatedWork.Kinds[Chance.Next(SimulatedWork.Kinds.Length)])
    {
        Priority = Chance.Next(4) == 0 ? Chance.Next(-10, 11) : 0,
        Session = Chance.Next(4) == 0 ? $"session{Chance.Next(2)}" : null,
        Agent = Chance.Next(3) == 0 ? $"agent{Chance.Next(2)}" : null,
        Caps = Chance.Next(8) == 0 ? [new("often", CapSize.Unlimited)] : [],
        Key = Chance.Next(8) == 0 ? $"key{Chance.Next(1_000_000)}" : null,
        RunAt = Chance.Next(6) == 0 ? _servers[0].Node.Time.GetUtcNow() + TimeSpan.FromMilliseconds(Chance.Next(8000)) : null,
    };

    private void PlanFreezes()
    {
        for (int i = 0; i < _options.Faults.Freezes; i++)
            _world.Schedule(TimeSpan.FromMilliseconds(Chance.Next(5_000)), () =>
            {
                var server = _servers[Chance.Next(_servers.Count)];
                // One of those that are up, if the chosen one is not.
                if (server.IsDown || server.Node.IsFrozen) server = _servers.Find(other => !other.IsDown && !other.Node.IsFrozen) ?? server;
                var node = server.Node;
                _auditor.Count("freeze");
                node.Freeze();
                // Some thaw in time, some long after their lease is gone.
                _world.Schedule(TimeSpan.FromMilliseconds(Chance.Next(100, 45_000)), node.Thaw);
            });
    }

    private void PlanClockJumps()
    {
        for (int i = 0; i < _options.Faults.ClockJumps; i++)
            _world.Schedule(TimeSpan.FromMilliseconds(Chance.Next(5_000)), () =>
            {
                _auditor.Count("clock jump");
                _servers[Chance.Next(_servers.Count)].Node.Time.WallClockOffset += TimeSpan.FromMinutes(Chance.Next(-60, 61));
            });
    }

    /// <summary>A person looks now and then and answers whatever is asked, from whichever server is up.</summary>
    private void AnswerQuestions() => _world.Schedule(TimeSpan.FromSeconds(2), () =>
    {
        // A call whose server died is never answered; its caller notices that the connection is gone.
        _openCalls.RemoveAll(node => node.IsDead);
        _auditor.LookAround();
        var server = _servers[Chance.Next(_servers.Count)];
        if (!server.IsDown && !server.Node.IsFrozen) server.Node.Post(() => _ = AnswerAsync(server, server.Client));
        if (!AllDone || _openCalls.Count > 0 || _auditor.LiveJobs > 0) AnswerQuestions();
    });

    private async Task AnswerAsync(SimulatedServer server, IJobClient client)
    {
        try
        {
            await LookAfterQueuesAsync(server);
            foreach (var job in (await client.ListAsync(new() { States = [JobState.Waiting] })).Items)
                foreach (var input in job.Inputs.Where(input => input.IsOutstanding))
                {
                    await client.AnswerAsync(job.Id, input.Key, JobData.Parse("\"yes\""), "person");
                    _auditor.Count("answered");
                }
        }
        catch (JobException)
        {
            _auditor.Count("refused");
        }
    }

    /// <summary>The same person pauses a kind for a while, and submits dead letters again.</summary>
    private async Task LookAfterQueuesAsync(SimulatedServer server)
    {
        await server.Core.Queues.ResumeAsync(null);
        await LookAfterScheduleAsync(server.Core.Schedules);
        if (AllDone) return;
        if (Chance.Next(4) == 0)
        {
            await server.Core.Queues.PauseAsync(SimulatedWork.Kinds[Chance.Next(SimulatedWork.Kinds.Length)], "person");
            _auditor.Count("paused");
        }
        int redriven = await server.Client.RedriveAllAsync(new(), "person");
        if (redriven > 0) _auditor.Count("redriven");
    }

    /// <summary>One schedule for all servers, from the first look until nothing else is to be done.</summary>
    private async Task LookAfterScheduleAsync(IScheduleClient schedules)
    {
        bool isThere = await schedules.FindAsync(Auditor.ScheduleName) is not null;
        if (AllDone && isThere) await schedules.DeleteAsync(Auditor.ScheduleName);
        if (AllDone || isThere || _auditor.Counts.ContainsKey("scheduled")) return;
        await schedules.CreateAsync(new() { Name = Auditor.ScheduleName, Job = new(SimulatedWork.Plain), Every = TimeSpan.FromSeconds(2) });
        _auditor.Count("scheduled");
    }

    private sealed class NotingExecutor(IJobExecutor inner, Action<JobContext> started) : IJobExecutor
    {
        public ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            started(job);
            return inner.RunAsync(job);
        }
    }
}
