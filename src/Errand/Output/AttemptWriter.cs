using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>Writes one attempt's log, and keeps its trouble with disks away from whoever writes.</summary>
internal sealed partial class AttemptWriter(OutputEngine engine, JobId job, int attempt) : OutputWriter(engine.Time)
{
    private static readonly OutputSummary Nothing = new(0, 0, Convert.ToHexStringLower(SHA256.HashData([])));

    private readonly ILogger _logger = engine.Logger;
    private readonly Lock _lock = new();
    private readonly long[] _lost = new long[2];
    private AttemptLog? _log;
    private IncrementalHash? _hash;
    private long _end;
    private long _dropped;
    private bool _isEnded;
    private bool _isFull;
    private bool _isGivenUp;
    private bool _isLosing;
    private Task<OutputSummary>? _completion;
    private volatile StoreUnavailableException? _failure;

    public int Attempt => attempt;

    public override long Bytes
    {
        get { lock (_lock) return _end + Lost; }
    }

    public override StoreUnavailableException? Failure => _failure;

    private long Lost => _lost[0] + _lost[1];

    public override ValueTask<OutputSummary> CompleteAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _isEnded = true;
            if (_completion is null && _isGivenUp) _completion = Task.FromResult(new OutputSummary(_end + Lost, _dropped + Lost, null));
            _completion ??= _log is null && Lost == 0 && IsNothingThere() ? Task.FromResult(Nothing) : engine.RunBlocking(Finish);
        }
        return new(_completion.WaitAsync(cancellationToken));
    }

    /// <summary>Lets go of a log that is being deleted.</summary>
    public void Abandon()
    {
        lock (_lock) GiveUp_NeedsLock();
    }

    protected internal override void Append(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isEnded) return;
            try
            {
                if (!_isFull) Keep_NeedsLock(stream, ref bytes, at.ToUnixTimeMilliseconds());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fail_NeedsLock(e);
            }
            _lost[(int)stream] += bytes.Length;
        }
        engine.Waits.Raise(job);
    }

    protected override async ValueTask CloseAsync()
    {
        Task? completion;
        lock (_lock)
        {
            completion = _completion;
            if (completion is null && !_isEnded) Close_NeedsLock();
        }
        if (completion is not null) await completion;
        engine.Waits.Raise(job);
    }

    private void Keep_NeedsLock(OutputStream stream, ref ReadOnlySpan<byte> bytes, long milliseconds)
    {
        var log = Open_NeedsLock(milliseconds);
        if (IsTakenOver_NeedsLock(log)) return;
        if (_isShared)
        {
            KeepBeside_NeedsLock(log, stream, ref bytes, milliseconds);
            return;
        }
        AppendLost_NeedsLock(log, milliseconds);
        while (!bytes.IsEmpty)
        {
            int kept = log.Append(stream, bytes, milliseconds);
            if (kept == 0)
            {
                // From here on everything counts as dropped; the gap is written once, when the log ends.
                _isFull = true;
                return;
            }
            _end = log.End;
            _dropped = log.Dropped;
            if (_dropped == 0) _hash?.AppendData(bytes[..kept]);
            bytes = bytes[kept..];
        }
    }

    private AttemptLog Open_NeedsLock(long milliseconds)
    {
        if (_log is not null) return _log;
        var log = AttemptLog.Open(engine.Disk, job, attempt, engine.Options);
        try
        {
            _end = log.End;
            _dropped = log.Dropped;
            _hash?.Dispose();
            _hash = log.IsResumed ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            AdoptRest_NeedsLock(log, milliseconds);
        }
        catch
        {
            log.Dispose();
            throw;
        }
        engine.Writers[job] = this;
        return _log = log;
    }

    private void AppendLost_NeedsLock(AttemptLog log, long milliseconds)
    {
        long lost = Lost;
        foreach (var stream in AttemptLog.Streams)
        {
            try
            {
                log.AppendLost(stream, ref _lost[(int)stream], milliseconds);
            }
            finally
            {
                _end = log.End;
                _dropped = log.Dropped;
            }
        }
        if (_isLosing) LogWritingAgain(job, attempt, lost);
        _isLosing = false;
    }

    private bool IsTakenOver_NeedsLock(AttemptLog log)
    {
        if (!log.IsTakenOver) return false;
        _failure = new StoreUnavailableException(
            $"The output of job {job}, attempt {attempt}, is written by another runner now, and what is added here is ignored. Stop this attempt.");
        LogTakenOver(job, attempt);
        GiveUp_NeedsLock();
        return true;
    }

    private OutputSummary Finish()
    {
        string? checksum = null;
        lock (_lock)
        {
            try
            {
                checksum = End_NeedsLock(engine.Time.GetUtcNow().ToUnixTimeMilliseconds());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fail_NeedsLock(e);
            }
            Release_NeedsLock();
        }
        engine.Waits.Raise(job);
        return new(_end + Lost, _dropped + Lost, checksum);
    }

    private string? End_NeedsLock(long milliseconds)
    {
        if (_isGivenUp) return null;
        var log = Open_NeedsLock(milliseconds);
        if (IsTakenOver_NeedsLock(log)) return null;
        if (_isShared) AdoptRest_NeedsLock(log, milliseconds);
        else AppendLost_NeedsLock(log, milliseconds);
        log.Complete(milliseconds);
        if (log.Dropped + Lost > 0) return null;
        return _hash is null ? AttemptReader.Checksum(engine.Disk, job, attempt) : Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    private void Close_NeedsLock()
    {
        _isEnded = true;
        try
        {
            if (_log is not null && Lost > 0 && !_isShared) AppendLost_NeedsLock(_log, engine.Time.GetUtcNow().ToUnixTimeMilliseconds());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail_NeedsLock(e);
        }
        Release_NeedsLock();
    }

    private void GiveUp_NeedsLock()
    {
        _isEnded = _isGivenUp = true;
        Release_NeedsLock();
    }

    private void Release_NeedsLock()
    {
        engine.Writers.TryRemove(new(job, this));
        _log?.Dispose();
        _log = null;
        _hash?.Dispose();
        _hash = null;
    }

    private void Fail_NeedsLock(Exception e)
    {
        _failure = new StoreUnavailableException(
            $"Output of job {job}, attempt {attempt}, could not be written: {e.Message} The job goes on; its log says how much is missing.", e);
        if (!_isLosing) LogLosing(e, job, attempt);
        _isLosing = true;
    }

    private bool IsNothingThere()
    {
        try
        {
            return !AttemptLog.Exists(engine.Disk, job, attempt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
