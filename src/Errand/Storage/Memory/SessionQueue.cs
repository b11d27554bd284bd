namespace Errand.Storage;

/// <summary>The live jobs of one session, in order of arrival. Only the first may start.</summary>
internal sealed class SessionQueue
{
    private StoredJob? _last;

    public StoredJob? First { get; private set; }

    public void Append(StoredJob job)
    {
        job.Session = this;
        job.PreviousOfSession = _last;
        if (_last is null) First = job;
        else _last.NextOfSession = job;
        _last = job;
    }

    public void Remove(StoredJob job)
    {
        if (job.PreviousOfSession is { } previous) previous.NextOfSession = job.NextOfSession;
        else First = job.NextOfSession;
        if (job.NextOfSession is { } next) next.PreviousOfSession = job.PreviousOfSession;
        else _last = job.PreviousOfSession;
        job.Session = null;
        job.NextOfSession = job.PreviousOfSession = null;
    }
}
