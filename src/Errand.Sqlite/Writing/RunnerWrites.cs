using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Takes note of a runner's sign of life.</summary>
internal sealed class HeartbeatWrite(RunnerBeat beat) : WriteRequest<HeartbeatResult>
{
    public override void Execute(WriteSession session)
    {
        if (!session.Runners.Beat(beat))
        {
            Result = new(true, [], []);
            return;
        }
        List<HeldJob> held = [];
        session.Runners.EachHeld(beat.Runner, (job, _) => held.Add(job));
        Result = new(false, held, session.Runners.Others(beat.Runner));
    }
}

/// <summary>Declares a runner lapsed.</summary>
internal sealed class LapseWrite(RunnerId runner, long seenBeat) : WriteRequest<bool>
{
    public override void Execute(WriteSession session)
    {
        bool now = session.Runners.TryLapse(runner, seenBeat);
        if (now) session.Runners.EachHeld(runner, (job, version) => session.Hints.Add(new(job.Id, version, Ready: true)));
        Result = now || session.Runners.HasLapsed(runner);
    }
}
