"""All settings in one place: environment variables with the prefix ``BILATERAL_``, or a file ``.env``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What the operator may set; every value has a default that works on a laptop."""

    model_config = SettingsConfigDict(env_prefix="BILATERAL_", env_file=".env", extra="ignore")

    home: Path = Field(PROJECT / "warehouse" / "data", description="Folder for databases, raw documents and reports")
    sources: Path = Field(PROJECT / "sources.toml", description="The file of sources; sources.example.toml shows one")
    contact: str = Field("not given", description="Address or page of the operator, told to every site in the user agent")
    batch_articles: int = Field(400, ge=1, le=20_000, description="Articles in one batch: read, coded, checked and loaded together")
    threads: int = Field(0, ge=0, description="Threads of the encoder; 0 takes all cores")
    runner: Literal["local", "dask"] = Field("local", description="Where articles are coded: local (this process) or dask (workers of a cluster)")
    dask_address: str | None = Field(None, description="Scheduler of an existing Dask cluster (tcp://HOST:8786 or tls://…); unset makes one on this machine")
    dask_workers: int = Field(0, ge=0, description="Workers of the cluster that a run makes on this machine; 0 takes one a core")
    model_folder: Path | None = Field(None, description="Folder of another trained model (encoder.onnx, words.npz, sectors.npz, tokenizer.json, meta.json)")
    spacy_pipeline: str | None = Field(None, description="An installed spaCy pipeline whose sentences replace the own splitter, e.g. en_core_web_lg")
    max_refused_share: float = Field(0.2, gt=0, le=1, description="Share of refused rows above which a run does not publish")
    prefect_port: int = Field(4200, ge=1, le=65535, description="Port of the Prefect server that make up starts, on loopback")
    warehouse: str | None = Field(None, repr=False, description="A lake that runs write to after publishing, e.g. ducklake:postgres:dbname=lake host=HOST")
    lake_data: Path | None = Field(None, description="Folder of the lake's Parquet files, for the run that makes the lake")
    lock_wait_seconds: float = Field(60.0, ge=0, description="How long to wait for another writer of the warehouse")


def load_settings(**changes: object) -> Settings:
    """Settings from the environment, with the changes that a caller gives; None means unset."""
    return Settings(**{k: v for k, v in changes.items() if v is not None})  # type: ignore[arg-type]
